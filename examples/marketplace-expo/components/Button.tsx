import Feather from "@expo/vector-icons/Feather";
import type { ComponentProps } from "react";
import { ActivityIndicator, Pressable, StyleSheet, Text } from "react-native";
import type { Palette } from "@/theme/palette";
import { space, usePalette, useStyles } from "@/theme/useTheme";

export type IconName = ComponentProps<typeof Feather>["name"];

interface ButtonProps {
  label: string;
  onPress: () => void;
  icon?: IconName;
  /** `quiet` is a text that can be pressed. */
  kind?: "main" | "quiet";
  busy?: boolean;
  disabled?: boolean;
  testID?: string;
}

export function Button({ label, onPress, icon, kind = "main", busy = false, disabled = false, testID }: ButtonProps) {
  const styles = useStyles(make);
  const { onAction, link } = usePalette();
  const isMain = kind === "main";
  return (
    <Pressable
      role="button"
      testID={testID}
      disabled={busy || disabled}
      onPress={onPress}
      style={({ pressed }) => [isMain ? styles.main : styles.quiet, pressed && (isMain ? styles.pressed : styles.faint), disabled && styles.faint]}
    >
      {busy ? <ActivityIndicator size="small" color={onAction} /> : icon && <Feather name={icon} size={18} color={isMain ? onAction : link} />}
      <Text style={isMain ? styles.mainText : styles.quietText}>{label}</Text>
    </Pressable>
  );
}

interface IconButtonProps {
  icon: IconName;
  label: string;
  onPress: () => void;
  color?: string;
  size?: number;
  testID?: string;
}

/** An icon alone, with room for a finger. */
export function IconButton({ icon, label, onPress, color, size = 22, testID }: IconButtonProps) {
  const styles = useStyles(make);
  const { text, sunk } = usePalette();
  return (
    <Pressable
      role="button"
      aria-label={label}
      testID={testID}
      onPress={onPress}
      style={({ pressed, hovered }: { pressed: boolean; hovered?: boolean }) => [styles.icon, (pressed || hovered) && { backgroundColor: sunk }]}
    >
      <Feather name={icon} size={size} color={color ?? text} />
    </Pressable>
  );
}

function make(palette: Palette) {
  return StyleSheet.create({
    main: { flexDirection: "row", gap: space.s, minHeight: 48, paddingHorizontal: space.xl, borderRadius: 24, alignItems: "center", justifyContent: "center", backgroundColor: palette.action },
    mainText: { color: palette.onAction, fontSize: 16, fontWeight: "600" },
    pressed: { backgroundColor: palette.actionPressed },
    quiet: { flexDirection: "row", gap: space.s, minHeight: 44, paddingHorizontal: space.m, alignItems: "center", justifyContent: "center" },
    quietText: { color: palette.link, fontSize: 15, fontWeight: "600" },
    faint: { opacity: 0.5 },
    icon: { width: 44, height: 44, borderRadius: 22, alignItems: "center", justifyContent: "center" },
  });
}

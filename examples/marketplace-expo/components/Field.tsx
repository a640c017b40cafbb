import { useState } from "react";
import { StyleSheet, Text, TextInput, type TextInputProps, View } from "react-native";
import type { Palette } from "@/theme/palette";
import { space, useStyles } from "@/theme/useTheme";

/** A labelled line to write on. */
export function Field({ label, ...input }: { label: string } & TextInputProps) {
  const styles = useStyles(make);
  const [isFocused, setFocused] = useState(false);
  return (
    <View style={styles.group}>
      <Text style={styles.label}>{label}</Text>
      <TextInput
        aria-label={label}
        style={[styles.input, isFocused && styles.focused]}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        {...input}
      />
    </View>
  );
}

function make(palette: Palette) {
  return StyleSheet.create({
    group: { gap: space.xs },
    label: { color: palette.soft, fontSize: 14, fontWeight: "600" },
    input: { minHeight: 48, paddingHorizontal: space.l, borderRadius: 14, borderWidth: 1, borderColor: palette.lineStrong, backgroundColor: palette.card, color: palette.text, fontSize: 16 },
    focused: { borderColor: palette.accent, boxShadow: `0 0 0 1px ${palette.accent}` },
  });
}

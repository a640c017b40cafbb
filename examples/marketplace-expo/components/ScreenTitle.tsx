import { StyleSheet, Text, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";
import type { Palette } from "@/theme/palette";
import { display, space, useStyles, useWide } from "@/theme/useTheme";
import { Logo } from "./Logo";

/** The top of a tab. */
export function ScreenTitle({ title }: { title: string }) {
  const styles = useStyles(make);
  const { top } = useSafeAreaInsets();
  const isWide = useWide();
  return (
    <View style={[styles.bar, { paddingTop: top + space.m }]}>
      {!isWide && <Logo size={30} />}
      <Text role="heading" aria-level={1} style={styles.title}>{title}</Text>
    </View>
  );
}

function make(palette: Palette) {
  return StyleSheet.create({
    bar: { flexDirection: "row", alignItems: "center", gap: space.m, paddingHorizontal: space.l, paddingBottom: space.m },
    title: { color: palette.text, fontSize: 24, fontFamily: display, fontWeight: "700" },
  });
}

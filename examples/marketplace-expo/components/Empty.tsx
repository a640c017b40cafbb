import { Image } from "expo-image";
import type { PropsWithChildren } from "react";
import { StyleSheet, Text, View } from "react-native";
import type { Palette } from "@/theme/palette";
import { display, space, useStyles } from "@/theme/useTheme";

const drawings = { inbox: require("../assets/empty-inbox.svg"), products: require("../assets/empty-products.svg") };

interface EmptyProps {
  drawing: keyof typeof drawings;
  title: string;
  text?: string;
}

/** What stands where something will be one day, and the way to it. */
export function Empty({ drawing, title, text, children }: PropsWithChildren<EmptyProps>) {
  const styles = useStyles(make);
  return (
    <View style={styles.empty}>
      <Image source={drawings[drawing]} style={styles.drawing} contentFit="contain" alt="" />
      <Text role="heading" style={styles.title}>{title}</Text>
      {text !== undefined && <Text style={styles.text}>{text}</Text>}
      {children}
    </View>
  );
}

function make(palette: Palette) {
  return StyleSheet.create({
    empty: { flex: 1, minHeight: 320, alignItems: "center", justifyContent: "center", gap: space.m, padding: space.xxl },
    drawing: { width: 180, height: 140, marginBottom: space.s },
    title: { color: palette.text, fontSize: 22, fontFamily: display, fontWeight: "700", textAlign: "center" },
    text: { maxWidth: 320, color: palette.soft, fontSize: 15, lineHeight: 22, textAlign: "center", marginBottom: space.s },
  });
}

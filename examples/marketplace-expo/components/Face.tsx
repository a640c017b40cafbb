import { Image } from "expo-image";
import { StyleSheet, Text, View } from "react-native";
import { pictureUrl } from "@/services/api/marketplace";
import { tones } from "@/theme/palette";
import { display, usePalette, useScheme } from "@/theme/useTheme";

interface FaceProps {
  /** Whose, or what's: its initials stand in for a picture. */
  name: string;
  /** Picks one of eight colours, always the same for the same person or thing. */
  id: number;
  picture?: string | null;
  size: number;
  round?: boolean;
  online?: boolean;
}

/** A picture, or initials on cloth. */
export function Face({ name, id, picture = null, size, round = false, online = false }: FaceProps) {
  const [ground, ink] = tones[useScheme()][id % 8] ?? tones.light[0];
  const { page, online: green } = usePalette();
  const shape = { width: size, height: size, borderRadius: round ? size / 2 : Math.round(size / 4) };
  const url = pictureUrl(picture);
  return (
    <View style={{ width: size, height: size }}>
      {url ? (
        <Image source={url} style={[shape, { backgroundColor: ground }]} contentFit="cover" alt="" />
      ) : (
        <View style={[shape, styles.middle, { backgroundColor: ground }]} aria-hidden>
          <Text style={{ color: ink, fontSize: size * 0.36, fontFamily: round ? undefined : display, fontWeight: "700" }}>
            {initials(name)}
          </Text>
        </View>
      )}
      {online && <View style={[styles.dot, { backgroundColor: green, borderColor: page }]} />}
    </View>
  );
}

function initials(name: string): string {
  const words = name.split(/[\s,]+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words[words.length - 1] : undefined];
  return letters.map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase();
}

const styles = StyleSheet.create({
  middle: { alignItems: "center", justifyContent: "center" },
  dot: { position: "absolute", right: -3, bottom: -3, width: 16, height: 16, borderRadius: 8, borderWidth: 3 },
});

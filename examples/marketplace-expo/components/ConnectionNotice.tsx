import Feather from "@expo/vector-icons/Feather";
import { useEffect, useState } from "react";
import { StyleSheet, Text, View } from "react-native";
import { useStatus } from "@/hooks/useMessaging";
import { useWords } from "@/i18n/useWords";
import type { Palette } from "@/theme/palette";
import { space, usePalette, useStyles } from "@/theme/useTheme";

/** The first connection takes a moment, which is nothing to talk about. */
const PATIENCE_MS = 1_500;

/** A discreet line while there is no connection. */
export function ConnectionNotice() {
  const status = useStatus();
  const words = useWords();
  const styles = useStyles(make);
  const { onHint } = usePalette();
  const [wasConnected, setWasConnected] = useState(false);
  const [isLong, setLong] = useState(false);
  const isWaiting = status === "connecting";

  useEffect(() => {
    if (status === "connected") setWasConnected(true);
    setLong(false);
    if (!isWaiting) return;
    const timer = setTimeout(() => setLong(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [status, isWaiting]);

  return (
    <View role="status" testID="connection" accessibilityLiveRegion="polite">
      {isWaiting && (wasConnected || isLong) && (
        <View style={styles.notice}>
          <Feather name="wifi-off" size={14} color={onHint} />
          <Text style={styles.text}>{wasConnected ? words.reconnecting : words.connecting}</Text>
        </View>
      )}
    </View>
  );
}

function make(palette: Palette) {
  return StyleSheet.create({
    notice: { flexDirection: "row", alignItems: "center", justifyContent: "center", gap: space.s, paddingVertical: 6, paddingHorizontal: space.l, backgroundColor: palette.hint },
    text: { color: palette.onHint, fontSize: 13, fontWeight: "600" },
  });
}

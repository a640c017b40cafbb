import { Text, View } from "react-native";
import { useWords } from "@/i18n/useWords";
import { usePalette } from "@/theme/useTheme";

/** How many are unread; nothing when none are. */
export function Badge({ count, testID }: { count: number; testID?: string }) {
  const { badge, onBadge } = usePalette();
  const words = useWords();
  if (count === 0) return null;
  return (
    <View
      testID={testID}
      role="img"
      aria-label={words.unread(count)}
      style={{ minWidth: 22, height: 22, borderRadius: 11, paddingHorizontal: 6, backgroundColor: badge, alignItems: "center", justifyContent: "center" }}
    >
      <Text style={{ color: onBadge, fontSize: 12, fontWeight: "700", fontVariant: ["tabular-nums"] }}>{count > 99 ? "99+" : count}</Text>
    </View>
  );
}

import Feather from "@expo/vector-icons/Feather";
import { Tabs } from "expo-router";
import type { ColorValue } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";
import type { IconName } from "@/components/Button";
import { useUnreadTotal } from "@/hooks/useMessaging";
import { useWords } from "@/i18n/useWords";
import { usePalette, useWide } from "@/theme/useTheme";

export default function TabsLayout() {
  const words = useWords();
  const palette = usePalette();
  const isWide = useWide();
  const unread = useUnreadTotal();
  const { bottom } = useSafeAreaInsets();
  return (
    <Tabs
      screenOptions={{
        headerShown: false,
        sceneStyle: { backgroundColor: palette.page },
        tabBarActiveTintColor: palette.link,
        tabBarInactiveTintColor: palette.soft,
        tabBarBadgeStyle: { backgroundColor: palette.badge, color: palette.onBadge, fontSize: 12, fontWeight: "700" },
        tabBarLabelStyle: { fontSize: 12, fontWeight: "600" },
        tabBarStyle: isWide ? { display: "none" } : { backgroundColor: palette.page, borderTopColor: palette.line, height: 62 + bottom, paddingTop: 6 },
      }}
    >
      <Tabs.Screen name="index" options={{ title: words.offers, tabBarIcon: icon("shopping-bag") }} />
      <Tabs.Screen
        name="messages/index"
        options={{
          title: words.messages,
          tabBarIcon: icon("message-circle"),
          tabBarBadge: unread > 0 ? (unread > 99 ? "99+" : unread) : undefined,
        }}
      />
      <Tabs.Screen name="account" options={{ title: words.account, tabBarIcon: icon("user") }} />
    </Tabs>
  );
}

function icon(name: IconName) {
  return function TabIcon({ color }: { color: ColorValue }) {
    return <Feather name={name} size={22} color={color} />;
  };
}

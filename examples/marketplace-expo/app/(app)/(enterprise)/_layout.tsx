import { Stack } from "expo-router";
import { StyleSheet, View } from "react-native";
import { SideNavigation } from "@/components/SideNavigation";
import { usePalette, useWide } from "@/theme/useTheme";

/** Whatever is opened by its address has the tabs underneath, to go back to. */
export const unstable_settings = { anchor: "(tabs)" };

export default function EnterpriseLayout() {
  const isWide = useWide();
  const { page } = usePalette();
  return (
    <View style={styles.row}>
      {isWide && <SideNavigation />}
      <View style={styles.rest}>
        <Stack screenOptions={{ headerShown: false, animation: isWide ? "none" : "default", contentStyle: { backgroundColor: page } }} />
      </View>
    </View>
  );
}

const styles = StyleSheet.create({ row: { flex: 1, flexDirection: "row" }, rest: { flex: 1, minWidth: 0 } });

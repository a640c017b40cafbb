import Feather from "@expo/vector-icons/Feather";
import { type Href, Link, usePathname } from "expo-router";
import { Pressable, StyleSheet, Text, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";
import { useUnreadTotal } from "@/hooks/useMessaging";
import { useWords } from "@/i18n/useWords";
import { useMe } from "@/services/session";
import type { Palette } from "@/theme/palette";
import { display, space, usePalette, useStyles } from "@/theme/useTheme";
import { Badge } from "./Badge";
import type { IconName } from "./Button";
import { Face } from "./Face";
import { Logo } from "./Logo";

/** In a wide window: what the tabs are in a narrow one. */
export function SideNavigation() {
  const styles = useStyles(make);
  const words = useWords();
  const me = useMe();
  const path = usePathname();
  const unread = useUnreadTotal();
  const { top } = useSafeAreaInsets();
  return (
    <View role="navigation" style={[styles.column, { paddingTop: top + space.xl }]}>
      <View style={styles.brand}>
        <Logo size={34} />
        <Text style={styles.name}>{words.appName}</Text>
      </View>
      <Item href="/" icon="shopping-bag" label={words.offers} isHere={path === "/" || path.startsWith("/product")} />
      <Item href="/messages" icon="message-circle" label={words.messages} isHere={/^\/(messages|conversation)/.test(path)} count={unread} />
      <View style={styles.rest} />
      <Link href="/account" asChild>
        <Pressable style={StyleSheet.flatten([styles.item, path === "/account" && styles.here])}>
          <Face name={me.name} id={me.id} size={32} round />
          <Text style={styles.label} numberOfLines={1}>{me.name}</Text>
        </Pressable>
      </Link>
    </View>
  );
}

function Item({ href, icon, label, isHere, count = 0 }: { href: Href; icon: IconName; label: string; isHere: boolean; count?: number }) {
  const styles = useStyles(make);
  const { link, soft } = usePalette();
  return (
    <Link href={href} asChild>
      <Pressable style={StyleSheet.flatten([styles.item, isHere && styles.here])} aria-current={isHere ? "page" : undefined}>
        <Feather name={icon} size={20} color={isHere ? link : soft} />
        <Text style={[styles.label, isHere && { color: link }]}>{label}</Text>
        <Badge count={count} testID="unread-total" />
      </Pressable>
    </Link>
  );
}

function make(palette: Palette) {
  return StyleSheet.create({
    column: { width: 232, padding: space.m, gap: space.xs, borderRightWidth: 1, borderColor: palette.line, backgroundColor: palette.page },
    brand: { flexDirection: "row", alignItems: "center", gap: space.m, paddingHorizontal: space.m, marginBottom: space.xl },
    name: { color: palette.text, fontSize: 22, fontFamily: display, fontWeight: "700" },
    item: { flexDirection: "row", alignItems: "center", gap: space.m, minHeight: 48, paddingHorizontal: space.m, borderRadius: 24 },
    here: { backgroundColor: palette.selected },
    label: { flex: 1, color: palette.soft, fontSize: 16, fontWeight: "600" },
    rest: { flex: 1 },
  });
}

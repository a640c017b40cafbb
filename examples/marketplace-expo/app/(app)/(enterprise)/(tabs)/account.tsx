import { StyleSheet, Text, View } from "react-native";
import { Button } from "@/components/Button";
import { ConnectionNotice } from "@/components/ConnectionNotice";
import { Face } from "@/components/Face";
import { ScreenTitle } from "@/components/ScreenTitle";
import { usePageTitle } from "@/hooks/usePageTitle";
import { useWords } from "@/i18n/useWords";
import { useMe, useSession } from "@/services/session";
import type { Palette } from "@/theme/palette";
import { display, space, useStyles } from "@/theme/useTheme";

export default function AccountScreen() {
  const words = useWords();
  const me = useMe();
  const { leave } = useSession();
  const styles = useStyles(make);
  usePageTitle(words.account);
  return (
    <View style={styles.page}>
      <ScreenTitle title={words.account} />
      <ConnectionNotice />
      <View style={styles.card}>
        <Face name={me.name} id={me.id} size={88} round />
        <Text style={styles.name}>{me.name}</Text>
        <Text style={styles.email}>{me.email}</Text>
        <Button kind="quiet" icon="log-out" label={words.signOut} onPress={() => void leave()} testID="sign-out" />
      </View>
    </View>
  );
}

function make(palette: Palette) {
  return StyleSheet.create({
    page: { flex: 1 },
    card: { alignItems: "center", gap: space.s, margin: space.l, maxWidth: 480, padding: space.xxl, borderRadius: 22, borderWidth: 1, borderColor: palette.line, backgroundColor: palette.card },
    name: { color: palette.text, fontSize: 24, fontFamily: display, fontWeight: "700", marginTop: space.m },
    email: { color: palette.soft, fontSize: 15, marginBottom: space.m },
  });
}

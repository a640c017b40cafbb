import { PalabreError } from "@palabre/client";
import { Redirect } from "expo-router";
import { useState } from "react";
import { KeyboardAvoidingView, Platform, ScrollView, StyleSheet, Text, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Logo } from "@/components/Logo";
import { useLanguage, useWords } from "@/i18n/useWords";
import type { Words } from "@/i18n/words";
import { signIn, signUp } from "@/services/api/accounts";
import { useSession } from "@/services/session";
import type { Palette } from "@/theme/palette";
import { display, space, useStyles } from "@/theme/useTheme";

export default function SignInScreen() {
  const { state, enter } = useSession();
  const words = useWords();
  const language = useLanguage();
  const styles = useStyles(make);
  const { top, bottom } = useSafeAreaInsets();
  const [isNew, setNew] = useState(false);
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  if (state.kind === "in") return <Redirect href="/messages" />;

  const submit = async () => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await enter(await (isNew ? signUp(name.trim(), email.trim(), password, language) : signIn(email.trim(), password)));
    } catch (error) {
      setProblem(sentence(error, words));
      setBusy(false);
    }
  };

  const told = problem ?? (state.kind === "out" && state.ended ? words.sessionEnded : null);
  return (
    <KeyboardAvoidingView style={styles.page} behavior={Platform.OS === "ios" ? "padding" : undefined}>
      <ScrollView contentContainerStyle={[styles.middle, { paddingTop: top + space.xl, paddingBottom: bottom + space.xl }]} keyboardShouldPersistTaps="handled">
        <View style={styles.card}>
          <Logo size={64} />
          <Text role="heading" aria-level={1} style={styles.title}>{words.appName}</Text>
          <Text style={styles.welcome}>{words.welcome}</Text>
          <View style={styles.form}>
            {isNew && <Field label={words.name} value={name} onChangeText={setName} autoComplete="name" testID="name" />}
            <Field label={words.email} value={email} onChangeText={setEmail} autoComplete="email" inputMode="email" autoCapitalize="none" autoCorrect={false} testID="email" />
            <Field label={words.password} value={password} onChangeText={setPassword} autoComplete={isNew ? "new-password" : "current-password"} secureTextEntry onSubmitEditing={() => void submit()} testID="password" />
            {told !== null && <Text role="alert" style={styles.problem} testID="problem">{told}</Text>}
            <Button label={isNew ? words.signUp : words.signIn} busy={busy} onPress={() => void submit()} testID="submit" />
            <Button kind="quiet" label={isNew ? words.haveAccount : words.noAccount} onPress={() => setNew(!isNew)} testID="switch" />
          </View>
        </View>
      </ScrollView>
    </KeyboardAvoidingView>
  );
}

function sentence(error: unknown, words: Words): string {
  const code = error instanceof PalabreError ? error.code : "internal";
  if (code === "unauthenticated") return words.wrongPassword;
  if (code === "conflict") return words.addressTaken;
  if (code === "invalid_payload") return words.checkFields;
  return code === "rate_limited" ? words.tooMany : words.unreachable;
}

function make(palette: Palette) {
  return StyleSheet.create({
    page: { flex: 1, backgroundColor: palette.page },
    middle: { flexGrow: 1, alignItems: "center", justifyContent: "center", padding: space.l },
    card: { width: "100%", maxWidth: 400, alignItems: "center" },
    title: { color: palette.text, fontSize: 36, fontFamily: display, fontWeight: "700", marginTop: space.m },
    welcome: { color: palette.soft, fontSize: 16, lineHeight: 24, textAlign: "center", marginTop: space.xs },
    form: { alignSelf: "stretch", gap: space.l, marginTop: space.xxl },
    problem: { padding: space.m, borderRadius: 12, overflow: "hidden", backgroundColor: palette.alertWash, color: palette.alert, fontSize: 15, lineHeight: 21 },
  });
}

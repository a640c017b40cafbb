import Feather from "@expo/vector-icons/Feather";
import { DarkTheme, DefaultTheme, ThemeProvider } from "@react-navigation/native";
import { useFonts } from "expo-font";
import { Slot } from "expo-router";
import { StatusBar } from "expo-status-bar";
import { useEffect } from "react";
import { Platform } from "react-native";
import { SafeAreaProvider } from "react-native-safe-area-context";
import { useLanguage } from "@/i18n/useWords";
import { SessionProvider } from "@/services/session";
import { usePalette, useScheme } from "@/theme/useTheme";

export default function RootLayout() {
  useFonts(Feather.font); // text does not wait for it: icons appear when they are there
  const palette = usePalette();
  const scheme = useScheme();
  const language = useLanguage();
  useEffect(() => {
    if (Platform.OS === "web") document.documentElement.lang = language;
  }, [language]);

  const base = scheme === "dark" ? DarkTheme : DefaultTheme;
  const colors = { ...base.colors, background: palette.page, card: palette.page, text: palette.text, border: palette.line, primary: palette.link, notification: palette.badge };
  return (
    <ThemeProvider value={{ ...base, colors }}>
      <SafeAreaProvider>
        <SessionProvider>
          <Slot />
          <StatusBar style="auto" />
        </SessionProvider>
      </SafeAreaProvider>
    </ThemeProvider>
  );
}

import { useMemo } from "react";
import { Platform, useColorScheme, useWindowDimensions } from "react-native";
import { type Palette, palettes } from "./palette";

export const space = { xs: 4, s: 8, m: 12, l: 16, xl: 24, xxl: 32 } as const;

/** The display face; everything else is the system's. */
export const display = Platform.select({
  ios: "Georgia",
  android: "serif",
  default: 'ui-serif, "Iowan Old Style", "Palatino Linotype", Palatino, P052, "Noto Serif", Georgia, serif',
});

/** From here on there is room for the list beside the conversation. */
const WIDE = 900;

export function useWide(): boolean {
  return useWindowDimensions().width >= WIDE;
}

export function useScheme(): "light" | "dark" {
  return useColorScheme() === "dark" ? "dark" : "light";
}

export function usePalette(): Palette {
  return palettes[useScheme()];
}

/** Styles made of the palette, made anew only when day turns to night. */
export function useStyles<Styles>(make: (palette: Palette) => Styles): Styles {
  const palette = usePalette();
  return useMemo(() => make(palette), [make, palette]);
}

import { Image } from "expo-image";
import { useScheme } from "@/theme/useTheme";

const drawings = { light: require("../assets/logo.svg"), dark: require("../assets/logo-dark.svg") };

export function Logo({ size }: { size: number }) {
  return <Image source={drawings[useScheme()]} style={{ width: size, height: size }} alt="" />;
}

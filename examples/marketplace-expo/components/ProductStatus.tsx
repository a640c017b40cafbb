import { StyleSheet, Text } from "react-native";
import { useWords } from "@/i18n/useWords";
import type { Product } from "@/services/api/marketplace";
import type { Palette } from "@/theme/palette";
import { useStyles } from "@/theme/useTheme";

export function ProductStatus({ status }: { status: Product["status"] }) {
  const styles = useStyles(make);
  return <Text style={[styles.pill, styles[status]]}>{useWords().status[status]}</Text>;
}

function make(palette: Palette) {
  return StyleSheet.create({
    pill: { paddingHorizontal: 10, paddingVertical: 3, borderRadius: 12, overflow: "hidden", fontSize: 12, fontWeight: "700" },
    available: { backgroundColor: palette.good, color: palette.onGood },
    reserved: { backgroundColor: palette.hint, color: palette.onHint },
    sold: { backgroundColor: palette.sunk, color: palette.soft },
  });
}

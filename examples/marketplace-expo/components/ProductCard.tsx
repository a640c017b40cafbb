import { Image } from "expo-image";
import { Link } from "expo-router";
import { Pressable, StyleSheet, Text, View } from "react-native";
import { priceOf } from "@/i18n/format";
import { useLanguage, useWords } from "@/i18n/useWords";
import { pictureUrl, type Product } from "@/services/api/marketplace";
import { useMe } from "@/services/session";
import type { Palette } from "@/theme/palette";
import { space, useStyles } from "@/theme/useTheme";
import { ProductStatus } from "./ProductStatus";

export function ProductCard({ product }: { product: Product }) {
  const styles = useStyles(make);
  const words = useWords();
  const language = useLanguage();
  const isMine = useMe().id === product.owner_id;
  return (
    <Link href={`/product/${product.id}`} asChild>
      <Pressable testID={`product-${product.id}`} style={styles.card}>
        <ProductPicture product={product} />
        <View style={styles.text}>
          <Text style={styles.title} numberOfLines={2}>{product.title}</Text>
          <View style={styles.line}>
            <Text style={styles.price}>{priceOf(product.price, product.currency, language, words)}</Text>
            {product.status !== "available" ? <ProductStatus status={product.status} /> : isMine && <Text style={styles.mine}>{words.yours}</Text>}
          </View>
        </View>
      </Pressable>
    </Link>
  );
}

/** Its picture, or its first letter on cloth. */
export function ProductPicture({ product, ratio = 1 }: { product: Product; ratio?: number }) {
  const styles = useStyles(make);
  const url = pictureUrl(product.image_url);
  return (
    <View style={[styles.picture, { aspectRatio: ratio }]}>
      {url ? (
        <Image source={url} style={StyleSheet.absoluteFill} contentFit="cover" alt="" />
      ) : (
        <Text style={styles.letter} aria-hidden>{[...product.title][0]}</Text>
      )}
    </View>
  );
}

function make(palette: Palette) {
  return StyleSheet.create({
    card: { flex: 1, borderRadius: 18, borderWidth: 1, borderColor: palette.line, backgroundColor: palette.card, overflow: "hidden" },
    picture: { width: "100%", alignItems: "center", justifyContent: "center", backgroundColor: palette.sunk, overflow: "hidden" },
    letter: { color: palette.soft, fontSize: 56, fontWeight: "700" },
    text: { flex: 1, justifyContent: "space-between", gap: space.xs, padding: space.m },
    title: { color: palette.text, fontSize: 15, fontWeight: "600", lineHeight: 20 },
    line: { flexDirection: "row", alignItems: "center", justifyContent: "space-between", gap: space.s, minHeight: 24 },
    price: { color: palette.accent, fontSize: 15, fontWeight: "700" },
    mine: { color: palette.soft, fontSize: 13 },
  });
}

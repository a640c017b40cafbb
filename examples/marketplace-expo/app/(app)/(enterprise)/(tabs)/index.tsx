import { useCallback, useEffect, useState } from "react";
import { ActivityIndicator, FlatList, StyleSheet, useWindowDimensions, View } from "react-native";
import { ConnectionNotice } from "@/components/ConnectionNotice";
import { Empty } from "@/components/Empty";
import { ProductCard } from "@/components/ProductCard";
import { ScreenTitle } from "@/components/ScreenTitle";
import { useStatus } from "@/hooks/useMessaging";
import { usePageTitle } from "@/hooks/usePageTitle";
import { useWords } from "@/i18n/useWords";
import { listProducts, type Product } from "@/services/api/marketplace";
import { space, usePalette, useWide } from "@/theme/useTheme";

const CARD_WIDTH = 210;

/** What is for sale, newest first. */
export default function OffersScreen() {
  const words = useWords();
  const isWide = useWide();
  const { soft } = usePalette();
  const { width } = useWindowDimensions();
  const columns = Math.max(2, Math.min(5, Math.floor((width - (isWide ? 232 : 0)) / CARD_WIDTH)));
  const { products, refresh, more } = useProducts();
  usePageTitle(words.offers);
  return (
    <View style={styles.page}>
      <ScreenTitle title={words.offers} />
      <ConnectionNotice />
      {products === null ? (
        <ActivityIndicator style={styles.wait} color={soft} />
      ) : (
        <FlatList
          key={columns}
          numColumns={columns}
          data={products}
          keyExtractor={({ id }) => String(id)}
          renderItem={({ item }) => <View style={{ width: `${100 / columns}%`, padding: space.s - 2 }}><ProductCard product={item} /></View>}
          contentContainerStyle={styles.list}
          refreshing={false}
          onRefresh={() => void refresh()}
          onEndReached={() => void more()}
          ListEmptyComponent={<Empty drawing="products" title={words.noOffers} text={words.noOffersMore} />}
        />
      )}
    </View>
  );
}

/** `null` until a first page is here; a first reading that failed is made again when the connection is back. */
function useProducts() {
  const [products, setProducts] = useState<Product[] | null>(null);
  const [cursor, setCursor] = useState<string | number | null>(null);
  const status = useStatus();
  const load = useCallback(async (from: string | number | null) => {
    const page = await listProducts(from).catch(() => null);
    if (!page) return;
    setProducts((known) => (from === null ? page.items : [...(known ?? []), ...page.items]));
    setCursor(page.next_cursor);
  }, []);
  const isMissing = products === null;
  useEffect(() => {
    if (isMissing) void load(null);
  }, [isMissing, status, load]);
  return { products, refresh: () => load(null), more: async () => (cursor === null ? undefined : load(cursor)) };
}

const styles = StyleSheet.create({
  page: { flex: 1 },
  list: { flexGrow: 1, paddingHorizontal: space.s, paddingBottom: space.xl },
  wait: { marginTop: space.xxl },
});

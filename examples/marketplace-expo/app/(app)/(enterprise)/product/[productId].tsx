import type { OutboxItem, User } from "@palabre/client";
import { useLocalSearchParams, useRouter } from "expo-router";
import { useCallback, useEffect, useState } from "react";
import { ActivityIndicator, KeyboardAvoidingView, Platform, ScrollView, StyleSheet, Text, TextInput, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";
import { Button, IconButton } from "@/components/Button";
import { ConnectionNotice } from "@/components/ConnectionNotice";
import { Empty } from "@/components/Empty";
import { Face } from "@/components/Face";
import { ProductPicture } from "@/components/ProductCard";
import { ProductStatus } from "@/components/ProductStatus";
import { useFirstMessages, useStatus } from "@/hooks/useMessaging";
import { usePageTitle } from "@/hooks/usePageTitle";
import { priceOf } from "@/i18n/format";
import { useLanguage, useWords } from "@/i18n/useWords";
import { getProduct, getUser, type Product } from "@/services/api/marketplace";
import { messagingSocket } from "@/services/api/MessagingSocketClient";
import { useMe } from "@/services/session";
import type { Palette } from "@/theme/palette";
import { display, space, usePalette, useStyles, useWide } from "@/theme/useTheme";

/** An offer, and the way to whoever makes it. */
export default function ProductScreen() {
  const productId = Number(useLocalSearchParams<{ productId: string }>().productId);
  const { product, seller, isMissing } = useProduct(productId);
  const router = useRouter();
  const words = useWords();
  const language = useLanguage();
  const styles = useStyles(make);
  const { soft } = usePalette();
  const { top, bottom } = useSafeAreaInsets();
  const isWide = useWide();
  usePageTitle(product?.title ?? words.offers);
  const back = () => (router.canGoBack() ? router.back() : router.replace("/"));
  return (
    <KeyboardAvoidingView style={styles.page} behavior={Platform.OS === "ios" ? "padding" : undefined}>
      <View style={[styles.bar, { paddingTop: top + space.xs }]}>
        <IconButton icon="arrow-left" label={words.back} onPress={back} />
      </View>
      <ConnectionNotice />
      {isMissing && <Empty drawing="products" title={words.notFound} />}
      {!product && !isMissing && <ActivityIndicator color={soft} />}
      {product && (
        <ScrollView contentContainerStyle={[isWide ? styles.wide : styles.narrow, { paddingBottom: bottom + space.xxl }]} keyboardShouldPersistTaps="handled">
          <View style={isWide ? styles.half : undefined}>
            <View style={styles.picture}><ProductPicture product={product} ratio={isWide ? 1 : 1.25} /></View>
          </View>
          <View style={[styles.about, isWide && styles.half]}>
            <ProductStatus status={product.status} />
            <Text role="heading" aria-level={1} style={styles.title}>{product.title}</Text>
            <Text style={styles.price}>{priceOf(product.price, product.currency, language, words)}</Text>
            {product.description !== "" && <Text style={styles.description}>{product.description}</Text>}
            {seller && (
              <View style={styles.seller}>
                <Face name={seller.name} id={seller.id} picture={seller.avatar_url} size={40} round />
                <Text style={styles.sellerName}>{words.soldBy(seller.name)}</Text>
              </View>
            )}
            <Contact product={product} />
          </View>
        </ScrollView>
      )}
    </KeyboardAvoidingView>
  );
}

/** The first message, or the way to the conversation that it has opened. */
function Contact({ product }: { product: Product }) {
  const router = useRouter();
  const words = useWords();
  const styles = useStyles(make);
  const { soft } = usePalette();
  const me = useMe();
  const [text, setText] = useState("");
  const open = useCallback((id: number) => router.replace(`/conversation/${id}`), [router]);
  const { waiting, send: sendFirst } = useFirstMessages(product.id, open);
  const known = useConversationAbout(product.id);

  if (product.owner_id === me.id) return <Text style={styles.hint}>{words.yourOffer}</Text>;
  if (known !== undefined) return <Button icon="message-circle" label={words.openConversation} onPress={() => open(known)} testID="continue" />;
  const send = () => {
    if (text.trim() === "") return;
    sendFirst(text.trim());
    setText("");
  };
  return (
    <View style={styles.contact}>
      {waiting.map((item) => <Waiting key={item.client_id} item={item} />)}
      <TextInput
        style={styles.input}
        value={text}
        onChangeText={setText}
        placeholder={words.contactHint}
        placeholderTextColor={soft}
        aria-label={words.contactHint}
        multiline
        testID="first-message"
      />
      <Button icon="send" label={words.contactSeller} disabled={text.trim() === ""} onPress={send} testID="contact" />
    </View>
  );
}

/** A first message that has not arrived yet, or was refused. */
function Waiting({ item }: { item: OutboxItem }) {
  const words = useWords();
  const styles = useStyles(make);
  const isRefused = item.state === "failed";
  const why = isRefused ? (words.refusal[item.error?.code ?? ""] ?? words.refused) : words.firstOnItsWay;
  return (
    <View style={styles.waiting} testID="waiting">
      <Text style={styles.waitingText}>{item.text}</Text>
      <Text style={styles.hint}>{why}</Text>
      {isRefused && <Button kind="quiet" label={words.discard} onPress={() => messagingSocket.discard(item.client_id)} />}
    </View>
  );
}

function useProduct(productId: number) {
  const [product, setProduct] = useState<Product | null>(null);
  const [seller, setSeller] = useState<User | null>(null);
  const [isMissing, setMissing] = useState(false);
  const status = useStatus();
  const isHere = product !== null;
  useEffect(() => {
    if (isHere) return;
    getProduct(productId)
      .then(async (found) => {
        setProduct(found);
        setSeller(await getUser(found.owner_id));
      })
      .catch((error: { code?: string }) => setMissing(error.code === "not_found"));
  }, [productId, isHere, status]);
  return { product, seller, isMissing };
}

/** The conversation that one has about a product already, if the list knows it. */
function useConversationAbout(productId: number): number | undefined {
  const [, setCount] = useState(0);
  useEffect(() => {
    messagingSocket.loadConversations({ limit: 100 }).then(() => setCount((count) => count + 1), () => undefined);
    return messagingSocket.on("conversations", () => setCount((count) => count + 1));
  }, []);
  return messagingSocket.conversations().find(({ product }) => product?.id === productId)?.id;
}

function make(palette: Palette) {
  return StyleSheet.create({
    page: { flex: 1, backgroundColor: palette.page },
    bar: { paddingHorizontal: space.s, paddingBottom: space.xs },
    narrow: { gap: space.l },
    wide: { flexDirection: "row", gap: space.xxl, padding: space.xxl, width: "100%", maxWidth: 1080, alignSelf: "center" },
    half: { flex: 1, paddingHorizontal: 0 },
    picture: { borderRadius: 22, overflow: "hidden", marginHorizontal: space.l },
    about: { alignItems: "flex-start", gap: space.m, paddingHorizontal: space.l },
    title: { color: palette.text, fontSize: 28, lineHeight: 34, fontFamily: display, fontWeight: "700" },
    price: { color: palette.accent, fontSize: 22, fontWeight: "700" },
    description: { color: palette.text, fontSize: 16, lineHeight: 25 },
    seller: { flexDirection: "row", alignItems: "center", gap: space.m, paddingVertical: space.s },
    sellerName: { color: palette.soft, fontSize: 15, fontWeight: "600" },
    hint: { color: palette.soft, fontSize: 14, lineHeight: 20 },
    contact: { alignSelf: "stretch", gap: space.m },
    input: { minHeight: 76, padding: space.l, borderRadius: 18, borderWidth: 1, borderColor: palette.lineStrong, backgroundColor: palette.card, color: palette.text, fontSize: 16, textAlignVertical: "top" },
    waiting: { gap: space.xs, padding: space.l, borderRadius: 18, backgroundColor: palette.hint },
    waitingText: { color: palette.text, fontSize: 16 },
  });
}

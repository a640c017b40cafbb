import type { Conversation, User } from "@palabre/client";
import { Link, useRouter } from "expo-router";
import { Pressable, StyleSheet, Text, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";
import { IconButton } from "@/components/Button";
import { Face } from "@/components/Face";
import { useIsOnline } from "@/hooks/useMessaging";
import { priceOf, whenOf } from "@/i18n/format";
import { useLanguage, useWords } from "@/i18n/useWords";
import { messagingSocket } from "@/services/api/MessagingSocketClient";
import { titleOf } from "@/services/conversations";
import { useMe } from "@/services/session";
import type { Palette } from "@/theme/palette";
import { display, space, useStyles, useWide } from "@/theme/useTheme";

interface HeaderProps {
  conversation: Conversation;
  /** The other person, where there is one. */
  other: User | undefined;
  isTyping: boolean;
}

/** Who it is, whether they are there, and what it is about. */
export function ConversationHeader({ conversation, other, isTyping }: HeaderProps) {
  const styles = useStyles(make);
  const words = useWords();
  const router = useRouter();
  const isWide = useWide();
  const { top } = useSafeAreaInsets();
  const title = titleOf(conversation, useMe().id);
  const back = () => (router.canGoBack() ? router.back() : router.replace("/messages"));
  return (
    <View style={[styles.bar, { paddingTop: top + space.s }]}>
      {!isWide && <IconButton icon="arrow-left" label={words.back} onPress={back} testID="back" />}
      <Face name={title} id={other?.id ?? conversation.id} picture={other?.avatar_url ?? null} size={40} round />
      <View style={styles.who}>
        <Text role="heading" aria-level={1} style={styles.name} numberOfLines={1}>{title}</Text>
        {other && <Presence other={other} isTyping={isTyping} />}
      </View>
      {conversation.product && <Subject product={conversation.product} isWide={isWide} />}
    </View>
  );
}

function Presence({ other, isTyping }: { other: User; isTyping: boolean }) {
  const styles = useStyles(make);
  const words = useWords();
  const language = useLanguage();
  const isOnline = useIsOnline(other.id);
  const seen = lastSeen(other);
  const away = seen ? words.lastSeen(whenOf(seen, language, words)) : words.offline;
  return (
    <Text style={[styles.presence, isOnline && styles.online]} numberOfLines={1} testID="presence">
      {isTyping ? words.typing : isOnline ? words.online : away}
    </Text>
  );
}

/** The newer of what was heard and what the conversation said. */
function lastSeen({ id, last_seen_at: told }: User): string | null {
  const heard = messagingSocket.status === "stopped" ? null : messagingSocket.core.presence.lastSeen(id);
  return heard && (!told || heard > told) ? heard : told;
}

function Subject({ product, isWide }: { product: NonNullable<Conversation["product"]>; isWide: boolean }) {
  const styles = useStyles(make);
  const words = useWords();
  const language = useLanguage();
  return (
    <Link href={`/product/${product.id}`} asChild>
      <Pressable style={isWide ? styles.subject : undefined} aria-label={product.title} testID="subject">
        <Face name={product.title} id={product.id} picture={product.image_url} size={isWide ? 36 : 44} />
        {isWide && (
          <View style={styles.about}>
            <Text style={styles.title} numberOfLines={1}>{product.title}</Text>
            <Text style={styles.price}>{priceOf(product.price, product.currency, language, words)}</Text>
          </View>
        )}
      </Pressable>
    </Link>
  );
}

function make(palette: Palette) {
  return StyleSheet.create({
    bar: { flexDirection: "row", alignItems: "center", gap: space.m, minHeight: 64, paddingHorizontal: space.m, paddingBottom: space.s, borderBottomWidth: 1, borderColor: palette.line },
    who: { flex: 1, minWidth: 0 },
    name: { color: palette.text, fontSize: 18, fontFamily: display, fontWeight: "700" },
    presence: { color: palette.soft, fontSize: 13 },
    online: { color: palette.online, fontWeight: "600" },
    subject: { flexDirection: "row", alignItems: "center", gap: space.m, maxWidth: 260, padding: 4, paddingRight: space.l, borderRadius: 14, borderWidth: 1, borderColor: palette.line, backgroundColor: palette.card },
    about: { flexShrink: 1 },
    title: { color: palette.text, fontSize: 13, fontWeight: "700" },
    price: { color: palette.accent, fontSize: 13, fontWeight: "700" },
  });
}

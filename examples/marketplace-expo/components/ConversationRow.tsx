import type { Conversation } from "@palabre/client";
import { Pressable, StyleSheet, Text, View } from "react-native";
import { useIsOnline } from "@/hooks/useMessaging";
import { whenOf } from "@/i18n/format";
import { useLanguage, useWords } from "@/i18n/useWords";
import type { Words } from "@/i18n/words";
import { messagingSocket } from "@/services/api/MessagingSocketClient";
import { otherOf, titleOf } from "@/services/conversations";
import { useMe } from "@/services/session";
import type { Palette } from "@/theme/palette";
import { space, useStyles } from "@/theme/useTheme";
import { Badge } from "./Badge";
import { Face } from "./Face";

interface RowProps {
  conversation: Conversation;
  isSelected: boolean;
  onPress: () => void;
}

export function ConversationRow({ conversation, isSelected, onPress }: RowProps) {
  const styles = useStyles(make);
  const words = useWords();
  const language = useLanguage();
  const me = useMe();
  const other = otherOf(conversation, me.id);
  const isOnline = useIsOnline(other?.id);
  const isTyping = messagingSocket.typingIn(conversation.id).length > 0;
  const { product, last_message: last, unread_count: unread } = conversation;
  const title = titleOf(conversation, me.id);
  return (
    <Pressable
      testID={`conversation-${conversation.id}`}
      onPress={onPress}
      role="link"
      style={({ pressed, hovered }: { pressed: boolean; hovered?: boolean }) => [
        styles.row,
        (pressed || hovered) && styles.pressed,
        isSelected && styles.selected,
      ]}
    >
      <Face name={product?.title ?? title} id={product?.id ?? other?.id ?? conversation.id} picture={product?.image_url ?? other?.avatar_url ?? null} size={52} online={isOnline} />
      <View style={styles.text}>
        <View style={styles.line}>
          <Text style={styles.name} numberOfLines={1}>{title}</Text>
          <Text style={[styles.when, unread > 0 && styles.news]}>{whenOf(last?.created_at ?? conversation.created_at, language, words)}</Text>
        </View>
        {product && <Text style={styles.product} numberOfLines={1}>{product.title}</Text>}
        <View style={styles.line}>
          <Text style={[styles.excerpt, unread > 0 && styles.unread, isTyping && styles.typing]} numberOfLines={1} testID="excerpt">
            {isTyping ? words.typing : excerptOf(conversation, me.id, words)}
          </Text>
          <Badge count={unread} testID="unread" />
        </View>
      </View>
    </Pressable>
  );
}

function excerptOf({ last_message: last }: Conversation, myId: number, words: Words): string {
  if (!last) return words.noMessageYet;
  if (last.text === null) return words.deleted;
  return last.sender.id === myId ? `${words.you}${words.colon} ${last.text}` : last.text;
}

function make(palette: Palette) {
  return StyleSheet.create({
    row: { flexDirection: "row", gap: space.m, alignItems: "center", padding: space.m, borderRadius: 16 },
    pressed: { backgroundColor: palette.sunk },
    selected: { backgroundColor: palette.selected },
    text: { flex: 1, minWidth: 0, gap: 2 },
    line: { flexDirection: "row", alignItems: "center", justifyContent: "space-between", gap: space.s, minHeight: 22 },
    name: { flex: 1, color: palette.text, fontSize: 16, fontWeight: "700" },
    when: { color: palette.soft, fontSize: 12, fontVariant: ["tabular-nums"] },
    news: { color: palette.accent, fontWeight: "700" },
    product: { color: palette.accent, fontSize: 13, fontWeight: "600" },
    excerpt: { flex: 1, color: palette.soft, fontSize: 15 },
    unread: { color: palette.text },
    typing: { color: palette.link, fontStyle: "italic" },
  });
}

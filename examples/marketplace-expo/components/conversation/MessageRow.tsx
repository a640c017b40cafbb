import Feather from "@expo/vector-icons/Feather";
import type { Message, OutboxItem } from "@palabre/client";
import { useState } from "react";
import { Platform, Pressable, StyleSheet, Text, View } from "react-native";
import { Button, IconButton } from "@/components/Button";
import { timeOf } from "@/i18n/format";
import { useLanguage, useWords } from "@/i18n/useWords";
import { messagingSocket } from "@/services/api/MessagingSocketClient";
import type { Palette } from "@/theme/palette";
import { space, usePalette, useStyles } from "@/theme/useTheme";

export interface Quote {
  author: string;
  /** Null once it was deleted. */
  excerpt: string | null;
}

interface RowProps {
  /** One of the two: a message that the server has, or one on its way. */
  message: Message | null;
  item: OutboxItem | null;
  isOwn: boolean;
  isContinued: boolean;
  isRead: boolean;
  /** In groups, above the first of somebody's messages. */
  author: string | null;
  quote: Quote | null;
  onChoose: (message: Message) => void;
}

/** A bubble, and the menu that a long press or a pointer over it brings. */
export function MessageRow(props: RowProps) {
  const { message, item, isOwn, isContinued, onChoose } = props;
  const styles = useStyles(make);
  const words = useWords();
  const { soft } = usePalette();
  const [isOver, setOver] = useState(false);
  const canChoose = message !== null && message.deleted_at === null;
  const choose = () => canChoose && onChoose(message);
  return (
    <View
      style={[styles.row, isOwn && styles.ownRow, { marginTop: isContinued ? 3 : space.m }]}
      testID="message"
      {...over(setOver)}
    >
      <Pressable onLongPress={choose} delayLongPress={350} style={[styles.bubble, bubbleStyle(props, styles)]}>
        <Bubble {...props} />
      </Pressable>
      {Platform.OS === "web" && canChoose && (
        <View style={{ opacity: isOver ? 1 : 0 }}>
          <IconButton icon="more-horizontal" label={words.actions} color={soft} size={18} onPress={choose} testID="actions" />
        </View>
      )}
      {item?.state === "failed" && (
        <View style={styles.choices}>
          <Button kind="quiet" label={words.retry} onPress={() => messagingSocket.retry(item.client_id)} testID="retry" />
          <Button kind="quiet" label={words.discard} onPress={() => messagingSocket.discard(item.client_id)} testID="discard" />
        </View>
      )}
    </View>
  );
}

function Bubble({ message, item, isOwn, isRead, author, quote }: RowProps) {
  const styles = useStyles(make);
  const words = useWords();
  const isGone = message !== null && message.text === null;
  const isFailed = item?.state === "failed";
  const ink = isGone ? styles.goneText : isFailed ? styles.failedText : isOwn ? styles.ownText : styles.text;
  const quiet = isGone ? styles.goneMeta : isFailed ? styles.failedText : isOwn ? styles.ownMeta : styles.meta;
  return (
    <>
      {author !== null && <Text style={styles.author}>{author}</Text>}
      {quote && (
        <View style={[styles.reply, isOwn && styles.ownReply]} testID="quote">
          <Text style={[styles.replyAuthor, isOwn && styles.ownText]} numberOfLines={1}>{quote.author}</Text>
          <Text style={[styles.replyText, isOwn && styles.ownMeta]} numberOfLines={2}>{quote.excerpt ?? words.deleted}</Text>
        </View>
      )}
      <View style={styles.body}>
        <Text style={[styles.words, ink]} selectable testID="text">{isGone ? words.deleted : (message?.text ?? item?.text)}</Text>
        <View style={styles.foot}>
          <Meta message={message} item={item} isOwn={isOwn} isRead={isRead} ink={quiet} />
        </View>
      </View>
      {isFailed && <Text style={[styles.why, styles.failedText]}>{words.failed}{words.colon} {words.refusal[item.error?.code ?? ""] ?? words.refused}</Text>}
    </>
  );
}

interface MetaProps extends Pick<RowProps, "message" | "item" | "isOwn" | "isRead"> {
  ink: { color: string };
}

/** When, whether it was edited, and how far it has come. */
function Meta({ message, item, isOwn, isRead, ink }: MetaProps) {
  const words = useWords();
  const language = useLanguage();
  const styles = useStyles(make);
  const isStored = message !== null && message.deleted_at === null;
  return (
    <>
      {isStored && message.edited_at !== null && <Text style={[styles.small, ink, styles.slanted]} testID="edited">{words.edited}</Text>}
      <Text style={[styles.small, ink]}>{timeOf(message?.created_at ?? item?.order ?? 0, language)}</Text>
      {isOwn && isStored && (isRead ? <Checks label={words.read} color={ink.color} twice /> : <Checks label={words.sent} color={ink.color} />)}
      {item && <Feather name={item.state === "failed" ? "alert-circle" : "clock"} size={13} color={ink.color} aria-label={words[item.state]} />}
    </>
  );
}

function Checks({ label, color, twice = false }: { label: string; color: string; twice?: boolean }) {
  const styles = useStyles(make);
  return (
    <View role="img" aria-label={label} style={styles.checks} testID={twice ? "read" : "sent"}>
      <Feather name="check" size={13} color={color} />
      {twice && <Feather name="check" size={13} color={color} style={styles.second} />}
    </View>
  );
}

function bubbleStyle({ message, item, isOwn, isContinued }: RowProps, styles: ReturnType<typeof make>) {
  if (message !== null && message.text === null) return styles.gone;
  if (item?.state === "failed") return styles.failed;
  if (!isOwn) return [styles.other, isContinued && styles.otherNext];
  return [styles.own, isContinued && styles.ownNext, item !== null && styles.waiting];
}

/** A pointer has been moved over the row, or away from it; the keyboard reaches the menu as well. */
function over(set: (isOver: boolean) => void): object {
  if (Platform.OS !== "web") return {};
  return { onPointerEnter: () => set(true), onPointerLeave: () => set(false), onFocus: () => set(true), onBlur: () => set(false) };
}

function make(palette: Palette) {
  return StyleSheet.create({
    row: { flexDirection: "row", flexWrap: "wrap", alignItems: "center" },
    ownRow: { flexDirection: "row-reverse" },
    bubble: { maxWidth: Platform.OS === "web" ? "min(36rem, calc(100% - 48px))" as unknown as number : "84%", paddingVertical: space.s, paddingHorizontal: space.l, borderRadius: 20, borderWidth: 1, borderColor: "transparent" },
    other: { borderBottomLeftRadius: 6, borderColor: palette.line, backgroundColor: palette.card },
    otherNext: { borderTopLeftRadius: 6 },
    own: { borderBottomRightRadius: 6, backgroundColor: palette.action },
    ownNext: { borderTopRightRadius: 6 },
    waiting: { opacity: 0.75 },
    gone: { borderStyle: "dashed", borderColor: palette.lineStrong },
    failed: { borderColor: palette.alert, backgroundColor: palette.alertWash },
    body: { flexDirection: "row", flexWrap: "wrap", alignItems: "flex-end", justifyContent: "flex-end", columnGap: space.m },
    words: { flexGrow: 1, flexShrink: 1, fontSize: 16, lineHeight: 23 },
    text: { color: palette.text },
    ownText: { color: palette.onAction },
    goneText: { color: palette.soft, fontStyle: "italic" },
    failedText: { color: palette.alert },
    foot: { flexDirection: "row", alignItems: "center", gap: 5, minHeight: 20 },
    small: { fontSize: 11, fontVariant: ["tabular-nums"] },
    slanted: { fontStyle: "italic" },
    meta: { color: palette.soft },
    ownMeta: { color: palette.onActionSoft },
    goneMeta: { color: palette.soft },
    author: { color: palette.accent, fontSize: 13, fontWeight: "700" },
    checks: { flexDirection: "row" },
    second: { marginLeft: -8 },
    reply: { marginTop: 2, marginBottom: 6, marginHorizontal: -6, paddingVertical: 6, paddingHorizontal: space.m, borderLeftWidth: 3, borderColor: palette.highlight, borderRadius: 8, backgroundColor: palette.sunk },
    ownReply: { backgroundColor: "rgba(255, 255, 255, 0.14)" },
    replyAuthor: { color: palette.text, fontSize: 13, fontWeight: "700" },
    replyText: { color: palette.soft, fontSize: 13, lineHeight: 18 },
    why: { fontSize: 13, marginTop: 2 },
    choices: { flexDirection: "row", width: "100%", justifyContent: "flex-end" },
  });
}

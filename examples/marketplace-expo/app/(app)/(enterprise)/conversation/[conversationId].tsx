import { type Message, readBy } from "@palabre/client";
import { useIsFocused } from "@react-navigation/native";
import { useLocalSearchParams } from "expo-router";
import { useCallback, useEffect, useState } from "react";
import { ActivityIndicator, KeyboardAvoidingView, Platform, StyleSheet, Text, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";
import { ConnectionNotice } from "@/components/ConnectionNotice";
import { Composer, type Draft } from "@/components/conversation/Composer";
import { ConversationHeader } from "@/components/conversation/ConversationHeader";
import { MessageActions } from "@/components/conversation/MessageActions";
import { MessageList } from "@/components/conversation/MessageList";
import { type Line, linesOf, type MessageLine } from "@/components/conversation/lines";
import { MessageRow, type Quote } from "@/components/conversation/MessageRow";
import { ConversationList } from "@/components/ConversationList";
import { Empty } from "@/components/Empty";
import { ScreenTitle } from "@/components/ScreenTitle";
import { useIsActive, useOpenConversation } from "@/hooks/useMessaging";
import { usePageTitle } from "@/hooks/usePageTitle";
import { dayOf } from "@/i18n/format";
import { useLanguage, useWords } from "@/i18n/useWords";
import { messagingSocket } from "@/services/api/MessagingSocketClient";
import { otherOf, titleOf } from "@/services/conversations";
import { useMe } from "@/services/session";
import type { Palette } from "@/theme/palette";
import { space, usePalette, useStyles, useWide } from "@/theme/useTheme";

export default function ConversationScreen() {
  const conversationId = Number(useLocalSearchParams<{ conversationId: string }>().conversationId);
  const styles = useStyles(make);
  const words = useWords();
  const isWide = useWide();
  return (
    <View style={styles.screen}>
      {isWide && (
        <View style={styles.column}>
          <ScreenTitle title={words.messages} />
          <ConversationList selected={conversationId} />
        </View>
      )}
      <Conversation key={conversationId} conversationId={conversationId} />
    </View>
  );
}

function Conversation({ conversationId }: { conversationId: number }) {
  const styles = useStyles(make);
  const words = useWords();
  const { soft } = usePalette();
  const me = useMe();
  const { bottom } = useSafeAreaInsets();
  const { conversation, messages, pending, typing, hasOlder, isMissing } = useOpenConversation(conversationId);
  const [draft, setDraft] = useState<Draft>({ kind: "new" });
  const [chosen, setChosen] = useState<Message | null>(null);
  useMarkRead(conversationId, messages);
  usePageTitle(conversation ? titleOf(conversation, me.id) : words.messages);

  const others = conversation?.participants.filter(({ user }) => user.id !== me.id) ?? [];
  const readSeq = conversation ? Math.max(0, ...others.map(({ user }) => readBy(conversation, user.id))) : 0;
  const nameOf = (userId: number) => (userId === me.id ? words.you : (others.find(({ user }) => user.id === userId)?.user.name ?? ""));
  const older = useCallback(() => messagingSocket.loadOlder(conversationId).catch(() => undefined), [conversationId]);

  const send = (text: string) => {
    const productId = conversation?.product?.id;
    if (draft.kind === "edit") messagingSocket.editMessage(draft.message.id, text).catch(() => setDraft(draft));
    else messagingSocket.sendMessage(productId, text, draft.kind === "reply" ? draft.message.id : null, conversationId);
    setDraft({ kind: "new" });
  };

  if (isMissing) return <View style={styles.conversation}><Empty drawing="inbox" title={words.notFound} /></View>;
  // Started without a network there is no conversation yet, but what one wrote is here.
  if (!conversation && pending.length === 0) return <View style={styles.conversation}><ActivityIndicator style={styles.wait} color={soft} /></View>;
  const lines = linesOf(messages, pending, me.id);
  return (
    <KeyboardAvoidingView style={styles.conversation} behavior={Platform.OS === "ios" ? "padding" : "height"}>
      {conversation && <ConversationHeader conversation={conversation} other={otherOf(conversation, me.id)} isTyping={typing.length > 0} />}
      <ConnectionNotice />
      <MessageList lines={lines} hasOlder={hasOlder} onOlder={older} renderLine={(line) => (
        <ConversationLine line={line} readSeq={readSeq} isGroup={others.length > 1} nameOf={nameOf} onChoose={setChosen} />
      )} />
      <Text style={styles.typing} testID="typing" numberOfLines={1} accessibilityLiveRegion="polite">
        {typing.map((userId) => words.isTyping(nameOf(userId))).join(" ")}
      </Text>
      {conversation?.status === "closed" ? (
        <Text style={[styles.closed, { paddingBottom: bottom + space.l }]}>{words.closed}</Text>
      ) : (
        <Composer
          key={draft.kind === "new" ? "new" : `${draft.kind} ${draft.message.id}`}
          draft={draft}
          nameOf={nameOf}
          onSend={send}
          onCancel={() => setDraft({ kind: "new" })}
          onTyping={(isTyping) => messagingSocket.typing(conversationId, isTyping)}
        />
      )}
      <MessageActions
        message={chosen}
        isMine={chosen?.sender.id === me.id}
        onClose={() => setChosen(null)}
        onReply={(message) => setDraft({ kind: "reply", message })}
        onEdit={(message) => setDraft({ kind: "edit", message })}
      />
    </KeyboardAvoidingView>
  );
}

interface LineProps {
  line: Line;
  readSeq: number;
  isGroup: boolean;
  nameOf: (userId: number) => string;
  onChoose: (message: Message) => void;
}

function ConversationLine({ line, readSeq, isGroup, nameOf, onChoose }: LineProps) {
  const styles = useStyles(make);
  const words = useWords();
  const language = useLanguage();
  if (line.kind === "day") {
    return (
      <View style={styles.day}>
        <View style={styles.rule} />
        <Text style={styles.dayText}>{dayOf(line.at, language, words)}</Text>
        <View style={styles.rule} />
      </View>
    );
  }
  const { message, item, isOwn, isContinued } = line;
  return (
    <MessageRow
      message={message}
      item={item}
      isOwn={isOwn}
      isContinued={isContinued}
      isRead={message !== null && message.seq <= readSeq}
      quote={quoteOf(line, nameOf)}
      author={isGroup && !isOwn && !isContinued ? (message?.sender.name ?? null) : null}
      onChoose={onChoose}
    />
  );
}

/** What a message answers, as soon as it is written. */
function quoteOf({ message, answers }: MessageLine, nameOf: (userId: number) => string): Quote | null {
  if (message?.text === null) return null;
  if (message?.reply_to) return { author: nameOf(message.reply_to.sender_id), excerpt: message.reply_to.excerpt };
  return answers && { author: nameOf(answers.sender.id), excerpt: answers.text };
}

/** What is on a screen that somebody looks at has been read. */
function useMarkRead(conversationId: number, messages: Message[]): void {
  const isActive = useIsActive();
  const isFocused = useIsFocused();
  const lastSeq = messages[messages.length - 1]?.seq;
  useEffect(() => {
    if (isActive && isFocused && lastSeq !== undefined) messagingSocket.markMessagesAsRead(conversationId, lastSeq);
  }, [conversationId, isActive, isFocused, lastSeq]);
}

function make(palette: Palette) {
  return StyleSheet.create({
    screen: { flex: 1, flexDirection: "row", backgroundColor: palette.page },
    column: { width: 372, borderRightWidth: 1, borderColor: palette.line },
    conversation: { flex: 1, minWidth: 0 },
    wait: { marginTop: space.xxl },
    typing: { minHeight: 22, paddingHorizontal: space.xl, color: palette.soft, fontSize: 13, fontStyle: "italic" },
    closed: { padding: space.l, borderTopWidth: 1, borderColor: palette.line, color: palette.soft, fontSize: 15, textAlign: "center" },
    day: { flexDirection: "row", alignItems: "center", gap: space.m, marginTop: space.xl, marginBottom: space.xs },
    dayText: { color: palette.soft, fontSize: 13, fontWeight: "600" },
    rule: { flex: 1, height: 1, backgroundColor: palette.line },
  });
}

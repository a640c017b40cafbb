import { StyleSheet, View } from "react-native";
import { ConnectionNotice } from "@/components/ConnectionNotice";
import { ConversationList } from "@/components/ConversationList";
import { Empty } from "@/components/Empty";
import { ScreenTitle } from "@/components/ScreenTitle";
import { usePageTitle } from "@/hooks/usePageTitle";
import { useWords } from "@/i18n/useWords";
import { usePalette, useWide } from "@/theme/useTheme";

/** Everybody one talks to, with what is unread; a wide window has room for a conversation beside it. */
export default function MessagesScreen() {
  const words = useWords();
  const isWide = useWide();
  const { line } = usePalette();
  usePageTitle(words.messages);
  return (
    <View style={styles.page}>
      <View style={isWide ? [styles.column, { borderColor: line }] : styles.rest}>
        <ScreenTitle title={words.messages} />
        <ConnectionNotice />
        <ConversationList />
      </View>
      {isWide && (
        <View style={styles.rest}>
          <Empty drawing="inbox" title={words.chooseConversation} text={words.chooseConversationMore} />
        </View>
      )}
    </View>
  );
}

const styles = StyleSheet.create({
  page: { flex: 1, flexDirection: "row" },
  column: { width: 372, borderRightWidth: 1 },
  rest: { flex: 1 },
});

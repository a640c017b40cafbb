import type { Conversation } from "@palabre/client";
import { useRouter } from "expo-router";
import { useState } from "react";
import { ActivityIndicator, FlatList, StyleSheet, View } from "react-native";
import { useConversations } from "@/hooks/useMessaging";
import { useWords } from "@/i18n/useWords";
import { space, usePalette, useWide } from "@/theme/useTheme";
import { Button } from "./Button";
import { ConversationRow } from "./ConversationRow";
import { Empty } from "./Empty";

/** Every conversation, newest first. In a wide window it stays beside the one that is open. */
export function ConversationList({ selected }: { selected?: number }) {
  const { conversations, isFirst, refresh, more } = useConversations();
  const [isRefreshing, setRefreshing] = useState(false);
  const router = useRouter();
  const isWide = useWide();
  const words = useWords();
  const { soft } = usePalette();

  const open = ({ id }: Conversation) => {
    const href = `/conversation/${id}` as const;
    // Beside the list, going from one to the next is no step forward that "back" should undo.
    if (isWide && selected !== undefined) router.replace(href);
    else router.navigate(href);
  };
  const pull = async () => {
    setRefreshing(true);
    await refresh();
    setRefreshing(false);
  };

  if (isFirst && conversations.length === 0) return <ActivityIndicator style={styles.wait} color={soft} />;
  return (
    <FlatList
      data={conversations}
      keyExtractor={({ id }) => String(id)}
      renderItem={({ item }) => <ConversationRow conversation={item} isSelected={item.id === selected} onPress={() => open(item)} />}
      ItemSeparatorComponent={Separator}
      contentContainerStyle={styles.list}
      refreshing={isRefreshing}
      onRefresh={() => void pull()}
      onEndReached={() => void more()}
      testID="conversations"
      ListEmptyComponent={
        <Empty drawing="inbox" title={words.noConversations} text={words.noConversationsMore}>
          <Button label={words.seeOffers} icon="shopping-bag" onPress={() => router.navigate("/")} />
        </Empty>
      }
    />
  );
}

function Separator() {
  return <View style={[styles.separator, { backgroundColor: usePalette().line }]} />;
}

const styles = StyleSheet.create({
  list: { flexGrow: 1, paddingHorizontal: space.s, paddingBottom: space.l },
  separator: { height: StyleSheet.hairlineWidth, marginLeft: 84, marginRight: space.m },
  wait: { marginTop: space.xxl },
});

import type { ReactElement } from "react";
import { FlatList, StyleSheet } from "react-native";
import { space } from "@/theme/useTheme";
import type { Line } from "./lines";

export interface MessageListProps {
  /** Oldest first. */
  lines: Line[];
  hasOlder: boolean;
  onOlder: () => Promise<void>;
  renderLine: (line: Line) => ReactElement;
}

/** Stays at the newest message, and keeps its place when older ones come in: a list that begins at the bottom. */
export function MessageList({ lines, hasOlder, onOlder, renderLine }: MessageListProps) {
  return (
    <FlatList
      inverted
      data={[...lines].reverse()}
      keyExtractor={({ key }) => key}
      renderItem={({ item }) => renderLine(item)}
      onEndReached={() => void (hasOlder && onOlder())}
      onEndReachedThreshold={0.5}
      keyboardDismissMode="interactive"
      keyboardShouldPersistTaps="handled"
      style={styles.list}
      contentContainerStyle={styles.content}
    />
  );
}

const styles = StyleSheet.create({ list: { flex: 1 }, content: { paddingHorizontal: space.l, paddingVertical: space.s } });

import type { Message } from "@palabre/client";
import { useRef, useState } from "react";
import { Platform, StyleSheet, Text, TextInput, type TextInputKeyPressEvent, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";
import { IconButton } from "@/components/Button";
import { useWords } from "@/i18n/useWords";
import type { Palette } from "@/theme/palette";
import { space, usePalette, useStyles } from "@/theme/useTheme";

/** A message on its own, an answer to one, or a new text for one. */
export type Draft = { kind: "new" } | { kind: "reply" | "edit"; message: Message };

interface ComposerProps {
  draft: Draft;
  nameOf: (userId: number) => string;
  onSend: (text: string) => void;
  onCancel: () => void;
  onTyping: (isTyping: boolean) => void;
}

const MOST_LINES_PX = 140;

/** Where one writes. In a browser Enter sends and Shift+Enter begins a line; on a telephone Enter begins a line. */
export function Composer({ draft, nameOf, onSend, onCancel, onTyping }: ComposerProps) {
  const styles = useStyles(make);
  const words = useWords();
  const palette = usePalette();
  const { bottom } = useSafeAreaInsets();
  const [text, setText] = useState(draft.kind === "edit" ? (draft.message.text ?? "") : "");
  const [height, setHeight] = useState(0);
  const [isFocused, setFocused] = useState(false);
  const input = useRef<TextInput>(null);
  const isEmpty = text.trim() === "";

  const write = (value: string) => {
    setText(value);
    if (value === "") setHeight(0);
    if (draft.kind !== "edit") onTyping(value !== "");
  };
  const send = () => {
    if (isEmpty) return;
    onSend(text.trim());
    setText("");
    setHeight(0);
    input.current?.focus();
  };
  const key = (event: TextInputKeyPressEvent) => {
    const { key: name, shiftKey, isComposing } = event.nativeEvent as { key: string; shiftKey?: boolean; isComposing?: boolean };
    if (Platform.OS !== "web" || isComposing) return;
    if (name === "Escape" && draft.kind !== "new") onCancel();
    if (name !== "Enter" || shiftKey) return;
    event.preventDefault();
    send();
  };

  return (
    <View style={[styles.bar, { paddingBottom: bottom + space.m }]}>
      {draft.kind !== "new" && (
        <View style={styles.about} testID="about">
          <View style={styles.aboutText}>
            <Text style={styles.aboutTitle}>{draft.kind === "edit" ? words.editing : words.replyTo(nameOf(draft.message.sender.id))}</Text>
            <Text style={styles.excerpt} numberOfLines={1}>{draft.message.text}</Text>
          </View>
          <IconButton icon="x" label={words.cancel} size={20} onPress={onCancel} testID="cancel" />
        </View>
      )}
      <View style={styles.line}>
        <TextInput
          ref={input}
          autoFocus={draft.kind !== "new"}
          style={[styles.input, isFocused && styles.focused, { height: Math.max(48, Math.min(MOST_LINES_PX, height)) }]}
          value={text}
          onChangeText={write}
          onContentSizeChange={({ nativeEvent }) => setHeight(nativeEvent.contentSize.height + 2)}
          onKeyPress={key}
          onFocus={() => setFocused(true)}
          onBlur={() => {
            setFocused(false);
            if (!isEmpty) onTyping(false);
          }}
          placeholder={words.write}
          placeholderTextColor={palette.soft}
          aria-label={words.write}
          multiline
          testID="composer"
        />
        <View style={[styles.send, isEmpty && styles.idle]}>
          <IconButton icon={draft.kind === "edit" ? "check" : "send"} label={draft.kind === "edit" ? words.save : words.send} color={palette.onAction} size={20} onPress={send} testID="send" />
        </View>
      </View>
    </View>
  );
}

function make(palette: Palette) {
  return StyleSheet.create({
    bar: { paddingHorizontal: space.m, paddingTop: space.s, gap: space.s, borderTopWidth: 1, borderColor: palette.line, backgroundColor: palette.page },
    about: { flexDirection: "row", alignItems: "center", gap: space.s, paddingLeft: space.m, borderLeftWidth: 3, borderColor: palette.highlight },
    aboutText: { flex: 1, minWidth: 0 },
    aboutTitle: { color: palette.accent, fontSize: 13, fontWeight: "700" },
    excerpt: { color: palette.soft, fontSize: 14 },
    line: { flexDirection: "row", alignItems: "flex-end", gap: space.s },
    input: { flex: 1, paddingHorizontal: space.l, paddingVertical: 12, borderRadius: 24, borderWidth: 1, borderColor: palette.lineStrong, backgroundColor: palette.card, color: palette.text, fontSize: 16, lineHeight: 22 },
    focused: { borderColor: palette.accent },
    send: { width: 48, height: 48, borderRadius: 24, alignItems: "center", justifyContent: "center", backgroundColor: palette.action },
    idle: { opacity: 0.5 },
  });
}

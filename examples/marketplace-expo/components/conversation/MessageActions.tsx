import Feather from "@expo/vector-icons/Feather";
import type { Message } from "@palabre/client";
import { useRef } from "react";
import { Modal, Platform, Pressable, StyleSheet, Text, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";
import type { IconName } from "@/components/Button";
import { useWords } from "@/i18n/useWords";
import { messagingSocket } from "@/services/api/MessagingSocketClient";
import type { Palette } from "@/theme/palette";
import { space, usePalette, useStyles, useWide } from "@/theme/useTheme";

interface ActionsProps {
  /** Null: nothing is open. */
  message: Message | null;
  isMine: boolean;
  onClose: () => void;
  onReply: (message: Message) => void;
  onEdit: (message: Message) => void;
}

/** What can be done with a message: from below on a phone, in the middle of a wide window. */
export function MessageActions({ message, isMine, onClose, onReply, onEdit }: ActionsProps) {
  const styles = useStyles(make);
  const words = useWords();
  const isWide = useWide();
  const { bottom } = useSafeAreaInsets();
  const afterwards = useRef<(() => void) | null>(null);
  const act = (what: (message: Message) => unknown) => () => {
    onClose();
    if (message) what(message);
  };
  // In a browser the menu keeps the focus until it has faded out, then returns it to its button: the composer
  // can take it only after that.
  const write = (what: (message: Message) => void) =>
    act((chosen) => {
      if (Platform.OS === "web") afterwards.current = () => what(chosen);
      else what(chosen);
    });
  const dismissed = () => {
    afterwards.current?.();
    afterwards.current = null;
  };
  const remove = (scope: "everyone" | "me") => act(({ id }) => messagingSocket.deleteMessage(id, scope).catch(() => undefined));
  return (
    <Modal visible={message !== null} transparent animationType="fade" onRequestClose={onClose} onDismiss={dismissed} statusBarTranslucent>
      <Pressable style={[styles.veil, isWide ? styles.middle : styles.below]} onPress={onClose} aria-label={words.cancel}>
        <View style={[styles.sheet, isWide ? styles.box : { paddingBottom: bottom + space.m }]} role="menu" aria-label={words.actions}>
          <Text style={styles.excerpt} numberOfLines={2}>{message?.text}</Text>
          <Action icon="corner-up-left" label={words.reply} onPress={write(onReply)} testID="reply" />
          {isMine && <Action icon="edit-2" label={words.edit} onPress={write(onEdit)} testID="edit" />}
          <Action icon="eye-off" label={words.removeForMe} onPress={remove("me")} testID="remove-for-me" />
          {isMine && <Action icon="trash-2" label={words.remove} onPress={remove("everyone")} isGrave testID="remove" />}
        </View>
      </Pressable>
    </Modal>
  );
}

interface ActionProps {
  icon: IconName;
  label: string;
  onPress: () => void;
  isGrave?: boolean;
  testID: string;
}

function Action({ icon, label, onPress, isGrave = false, testID }: ActionProps) {
  const styles = useStyles(make);
  const { alert, text } = usePalette();
  const color = isGrave ? alert : text;
  return (
    <Pressable
      role="menuitem"
      testID={testID}
      onPress={onPress}
      style={({ pressed, hovered }: { pressed: boolean; hovered?: boolean }) => [styles.action, (pressed || hovered) && styles.pressed]}
    >
      <Feather name={icon} size={20} color={color} />
      <Text style={[styles.label, { color }]}>{label}</Text>
    </Pressable>
  );
}

function make(palette: Palette) {
  return StyleSheet.create({
    veil: { flex: 1, backgroundColor: palette.veil },
    below: { justifyContent: "flex-end" },
    middle: { alignItems: "center", justifyContent: "center" },
    sheet: { padding: space.s, borderTopLeftRadius: 22, borderTopRightRadius: 22, backgroundColor: palette.card },
    box: { width: 340, borderRadius: 22 },
    excerpt: { color: palette.soft, fontSize: 14, lineHeight: 20, paddingHorizontal: space.l, paddingVertical: space.m },
    action: { flexDirection: "row", alignItems: "center", gap: space.l, minHeight: 52, paddingHorizontal: space.l, borderRadius: 14 },
    pressed: { backgroundColor: palette.sunk },
    label: { fontSize: 16, fontWeight: "500" },
  });
}

import { useIsFocused } from "@react-navigation/native";
import { useEffect } from "react";
import { Platform } from "react-native";
import { useUnreadTotal } from "./useMessaging";

/** The title of a browser's tab, with what is unread in all conversations: `(2) Messages`. */
export function usePageTitle(title: string): void {
  const unread = useUnreadTotal();
  const isFocused = useIsFocused();
  useEffect(() => {
    if (Platform.OS === "web" && isFocused) document.title = unread > 0 ? `(${unread}) ${title}` : title;
  }, [title, unread, isFocused]);
}

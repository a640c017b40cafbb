import type { ReactNode } from "react";
import { Messages } from "@/components/Messages";

export default function MessagesLayout({ children }: { children: ReactNode }) {
  return <Messages>{children}</Messages>;
}

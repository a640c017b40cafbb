import type { Metadata } from "next";
import type { ReactNode } from "react";
import { Messages } from "@/components/Messages";
import { requestPhrases } from "@/lib/i18n/request";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await requestPhrases()).messages };
}

export default function MessagesLayout({ children }: { children: ReactNode }) {
  return <Messages>{children}</Messages>;
}

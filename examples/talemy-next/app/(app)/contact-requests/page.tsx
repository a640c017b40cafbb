import type { Metadata } from "next";
import { ContactRequests } from "@/components/ContactRequests";
import { requestPhrases } from "@/lib/i18n/request";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await requestPhrases()).contactRequests };
}

export default function ContactRequestsPage() {
  return <ContactRequests />;
}

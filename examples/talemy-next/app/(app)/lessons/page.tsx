import type { Metadata } from "next";
import { Lessons } from "@/components/Lessons";
import { requestPhrases } from "@/lib/i18n/request";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await requestPhrases()).lessons };
}

export default function LessonsPage() {
  return <Lessons />;
}

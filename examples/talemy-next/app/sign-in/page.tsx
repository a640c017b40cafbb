import type { Metadata } from "next";
import { SignIn } from "@/components/SignIn";
import { requestPhrases } from "@/lib/i18n/request";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await requestPhrases()).signIn };
}

export default function SignInPage() {
  return <SignIn />;
}

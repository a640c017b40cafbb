import { notFound } from "next/navigation";
import { Conversation } from "@/components/Conversation";

export default async function ConversationPage({ params }: { params: Promise<{ conversationId: string }> }) {
  const { conversationId } = await params;
  if (!/^[1-9]\d{0,14}$/.test(conversationId)) notFound();
  return <Conversation key={conversationId} id={Number(conversationId)} />;
}

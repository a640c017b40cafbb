import { NoConversation } from "@/components/NoConversation";

export default function MessagesPage() {
  return <NoConversation />;
}

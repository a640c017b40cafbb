import { ContactRequests } from "@/components/ContactRequests";

export default function ContactRequestsPage() {
  return <ContactRequests />;
}

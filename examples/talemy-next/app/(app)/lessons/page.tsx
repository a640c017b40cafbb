import { Lessons } from "@/components/Lessons";

export default function LessonsPage() {
  return <Lessons />;
}

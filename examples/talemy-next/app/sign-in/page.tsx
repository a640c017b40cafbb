import { SignIn } from "@/components/SignIn";

export default function SignInPage() {
  return <SignIn />;
}

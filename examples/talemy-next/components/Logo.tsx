import styles from "./Logo.module.css";

export function Logo() {
  return (
    <span className={styles.logo}>
      <svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
        <rect className={styles.ground} width="32" height="32" rx="9" />
        <path className={styles.letter} d="M8 9h16v4h-6v11h-4V13H8z" />
        <circle className={styles.point} cx="24" cy="23" r="3" />
      </svg>
      Talemy
    </span>
  );
}

/** The mark beside the product's name. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M8 9h16v4h-6v11h-4V13H8z" />
      <circle cx="24" cy="22" r="3" />
    </svg>
  );
}

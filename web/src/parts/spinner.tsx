/** Something is under way; what it is stands beside it. */
export const Spinner = ({ size = 28 }: { size?: number }) => (
  <svg class="spinner" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
    <circle cx="12" cy="12" r="9" />
  </svg>
);

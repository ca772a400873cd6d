/** Marks header copies made here: whoever meets one knows that the operation has its span already. */
export const OWNED = Symbol.for('hopline.nats.owned-headers');

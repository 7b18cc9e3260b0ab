/** Ids are branded, so that a message id can't be passed as a conversation id. */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type ConversationId = Branded<'ConversationId'>;
export type MessageId = Branded<'MessageId'>;
/** One paid request. A turn may have several: each retry is a new purchase with a new reservation. */
export type ReservationId = Branded<'ReservationId'>;
/** The provider's id of one generation; its bill is requested with it. */
export type GenerationId = Branded<'GenerationId'>;
/** A model's id at its provider, for example `anthropic/claude-sonnet-5`. */
export type ModelId = Branded<'ModelId'>;

export const conversationId = (text: string): ConversationId => text as ConversationId;
export const messageId = (text: string): MessageId => text as MessageId;
export const reservationId = (text: string): ReservationId => text as ReservationId;
export const generationId = (text: string): GenerationId => text as GenerationId;
export const modelId = (text: string): ModelId => text as ModelId;

ALTER TABLE "telegram_links" ADD COLUMN "language" text;--> statement-breakpoint
ALTER TABLE "telegram_links" ADD COLUMN "proved" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "telegram_links_chat_id_idx" ON "telegram_links" USING btree ("chat_id");
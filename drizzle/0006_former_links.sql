CREATE TABLE "former_links" (
	"phone" text PRIMARY KEY NOT NULL,
	"chat_id" bigint NOT NULL,
	"language" text
);

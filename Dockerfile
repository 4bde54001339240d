# Two stages: build one bundle with everything, then run it without a package manager or a compiler.
# Runs as a user without rights on a read-only file system:
#   docker run --read-only --tmpfs /tmp -v portcullis:/data -p 4000:4000 -e PORTCULLIS_ADMIN_KEY=pc_… portcullis
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 PORTCULLIS_DATA=/data PORTCULLIS_POLICIES=/app/policies
WORKDIR /app
COPY --from=build /app/dist ./dist
COPY --from=build /app/node_modules/@electric-sql ./node_modules/@electric-sql
COPY --from=build /app/policies ./policies
COPY --from=build /app/drizzle ./drizzle
COPY --from=build /app/package.json /app/LICENSE ./
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/readyz').then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "dist/bundle/main.mjs"]

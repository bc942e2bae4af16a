FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:20-slim
ENV NODE_ENV=production LENGTHSMAN_HOST=0.0.0.0 LENGTHSMAN_DATA=/data
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/bin ./bin
COPY --from=build /app/package.json /app/LICENSE ./
RUN mkdir /data && chown node:node /data && ln -s /app/bin/lengthsman /usr/local/bin/lengthsman
USER node
VOLUME /data
EXPOSE 8080 1883
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Exec form: node itself gets the SIGTERM and stops cleanly.
ENTRYPOINT ["node", "--max-semi-space-size=32", "/app/bin/lengthsman"]
CMD ["up"]

/** Writes a Compose file of so many services, each with what services of real stacks have. */
export function generatedStack(count) {
  const services = Array.from({ length: count }, (_, index) => service(index));
  return `x-common: &common\n  restart: unless-stopped\n  networks: [back]\n\nservices:\n${services.join('')}
networks:\n  back:\nvolumes:\n  data:\n`;
}

function service(index) {
  return `  service-${index}:
    <<: *common
    image: example/service:\${TAG:-1.${index}}
    container_name: service-${index}
    ports: ["${10_000 + index}:8080", "127.0.0.1::9229"]
    environment:
      - NAME=service-${index}
      - DATABASE_URL=postgres://user:\${PASSWORD:-secret}@service-0:5432/db
      - LEVEL=\${LEVEL:-info}
    volumes: ["data:/data", "./conf:/etc/service:ro"]
    healthcheck:
      test: curl -f http://localhost:8080/health
      interval: 5s
      retries: 3
    labels: {team: "${index % 7}", portside.wait.port: "8080"}
${index === 0 ? '' : `    depends_on:\n      service-${index >> 1}: {condition: service_healthy}\n`}`;
}

// Two or more replicas on Azure Container Apps, without session affinity. The environment, the registry, PostgreSQL and,
// if wanted, Redis are there already.
//
//   az deployment group create --resource-group chat --template-file deploy/azure-container-apps.bicep \
//     --parameters environmentId=… image=registry.azurecr.io/chat:1 databaseUrl=… secretKey=$(openssl rand -base64 32)

param name string = 'chat'
param location string = resourceGroup().location

@description('The id of the Container Apps environment.')
param environmentId string

@description('Made from deploy/Dockerfile, or from your own that begins with it.')
param image string

@description('What is served, as module:name.')
param target string = 'app:Words'

@secure()
@description('postgresql+psycopg://user:password@host:5432/name?sslmode=require')
param databaseUrl string

@secure()
@description('The same for all replicas and releases: it signs the visitors\' cookies.')
param secretKey string

@secure()
@description('rediss://:key@host:6380/0, for rate limits that replicas share and for what runs say; may be left out.')
param redisUrl string = ''

@description('Where the ingress of the environment speaks from. If it is not this, the log says once whose headers are not believed.')
param trustedProxies string = '100.64.0.0/10'

@description('The registry, if it is private and the app may pull from it with its own identity.')
param registry string = ''

@minValue(2)
param minReplicas int = 2
param maxReplicas int = 10

@description('Seconds that answers under way may take when a replica is stopped.')
@minValue(0)
@maxValue(570)
param shutdownSeconds int = 20

var hasRedis = !empty(redisUrl)

var secrets = concat([
  { name: 'database-url', value: databaseUrl }
  { name: 'secret-key', value: secretKey }
], hasRedis ? [
  { name: 'redis-url', value: redisUrl }
] : [])

var settings = concat([
  { name: 'CHATKIT_DATABASE_URL', secretRef: 'database-url' }
  { name: 'CHATKIT_SECRET_KEY', secretRef: 'secret-key' }
  { name: 'CHATKIT_TRUSTED_PROXIES', value: trustedProxies }
  { name: 'CHATKIT_SHUTDOWN_SECONDS', value: string(shutdownSeconds) }
], hasRedis ? [
  { name: 'CHATKIT_RATE_LIMIT_STORAGE', secretRef: 'redis-url' }
  { name: 'CHATKIT_LIVE_URL', secretRef: 'redis-url' }
] : [])

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: name
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    environmentId: environmentId
    configuration: {
      activeRevisionsMode: 'Single' // a new revision takes over when it is ready; the old one is then told to stop
      ingress: {
        external: true
        targetPort: 8000
        transport: 'auto'
        allowInsecure: false
        stickySessions: { affinity: 'none' } // any replica answers any request
      }
      registries: empty(registry) ? [] : [
        { server: registry, identity: 'system' }
      ]
      secrets: secrets
    }
    template: {
      // From the signal to the kill: what answers get, and time to store what is left of them.
      terminationGracePeriodSeconds: shutdownSeconds + 15
      initContainers: [
        {
          name: 'migrate' // once for each replica that starts; the database's lock has one do it at a time
          image: image
          args: ['migrate']
          env: settings
          resources: { cpu: json('0.25'), memory: '0.5Gi' }
        }
      ]
      containers: [
        {
          name: 'chatkit'
          image: image
          args: ['serve', '--host', '0.0.0.0', '--port', '8000', '--workers', '1', target]
          env: settings
          resources: { cpu: json('0.5'), memory: '1Gi' }
          probes: [
            {
              type: 'Startup'
              httpGet: { path: '/health', port: 8000 }
              periodSeconds: 2
              failureThreshold: 30
            }
            {
              type: 'Liveness' // 200 as long as the process answers, whatever the database does
              httpGet: { path: '/health', port: 8000 }
              periodSeconds: 10
              timeoutSeconds: 5
              failureThreshold: 3
            }
            {
              type: 'Readiness' // 503 while the store cannot be reached
              httpGet: { path: '/ready', port: 8000 }
              periodSeconds: 5
              timeoutSeconds: 5
              failureThreshold: 2
            }
          ]
        }
      ]
      scale: {
        minReplicas: minReplicas
        maxReplicas: maxReplicas
        rules: [
          {
            name: 'streams'
            http: { metadata: { concurrentRequests: '100' } } // answers under way and watching tabs count, each for its time
          }
        ]
      }
    }
  }
}

output address string = 'https://${app.properties.configuration.ingress.fqdn}'
